// Builds what the guide shows only with a script: the contents, copy buttons and the two views.
const contents = document.getElementById('contents');
const steps = [['connect', 'Connect the gauge'], ['{{#contents-anchor}}record{{or}}recording{{/}}', 'Record'], ['look', 'Look']];
contents.innerHTML = `<ul>${steps.map(([id, text]) => `<li><a href="#${id}">${text}</a></li>`).join('')}</ul>`;
for (const sample of document.querySelectorAll('.sample')) {
  const code = document.createElement('code');
  code.textContent = sample.dataset.command;
  const copy = document.createElement('button');
  copy.type = 'button';
  copy.className = 'copy';
  {{#copy-unnamed}}{{or}}copy.setAttribute('aria-label', `Copy: ${sample.dataset.command}`);{{/}}
  copy.innerHTML = '<svg aria-hidden="true" width="16" height="16" viewBox="0 0 16 16"><path d="M3 3h7v10H3zM6 1h7v10" fill="none" stroke="#1c2833"/></svg>';
  sample.append(code, ' ', copy);
}
const views = document.getElementById('views');
{{#tabs-alone}}{{or}}views.setAttribute('role', 'tablist');{{/}}
{{#tabs-alone}}{{or}}views.setAttribute('aria-label', 'Views of the readings');{{/}}
views.innerHTML = views.dataset.views.split(' ').map((name, i) => `<button type="button" role="tab" aria-selected="${i === 0}">${name}</button>`).join(' ');
{{#description-by-script}}document.querySelector('meta[name=description]').content = 'Tidelog quick start, updated for release 2.4.';{{or}}{{/}}
