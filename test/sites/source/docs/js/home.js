// Shows the newest release below the picture.
const releases = { stable: '2.4.1' };
const place = document.getElementById('release');
place.textContent = `The newest release is ${releases.stable}.`;
{{#release-typo}}document.getElementById('relase-date').textContent = 'May 2026';{{or}}place.append(' It came out in May 2026.');{{/}}
