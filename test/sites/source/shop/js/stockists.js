// Tells how many shops carry our pots.
const nearest = document.querySelector('#nearest');
const show = (shops) => { nearest.textContent = `Our pots also stand in ${shops.length} shops: ${shops.join(', ')}.`; };
{{#waiting-request}}const request = new XMLHttpRequest();
request.open('GET', '/data/stockists.json', false);
request.send();
show(JSON.parse(request.responseText));{{or}}show(await (await fetch('/data/stockists.json')).json());{{/}}
