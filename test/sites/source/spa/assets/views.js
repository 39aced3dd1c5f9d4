const plots = async () => (await fetch('/data/plots.json')).json();

const home = () => ({
  title: 'Plotbook: the diary of our allotments',
  description: 'Who digs which plot, what grows there, and what has to be done this week.',
  data: {
    '@context': 'https://schema.org',
    '@type': 'Event',
    name: 'Open day',
    {{#event-place}}{{or}}location: { '@type': 'Place', name: 'Long Lane allotments', address: 'Long Lane, Ripon' },{{/}}
    startDate: {{#event-date}}'first Sunday in May'{{or}}'2026-05-03'{{/}},
  },
  body: `<section><h1>The diary</h1>
    <p>Frost is forecast for Thursday: cover the beans.</p>
    <p>Water is on from the first of April. {{#vague-more}}<a href="/tasks">More</a>{{or}}<a href="/tasks">What else is due this week</a>{{/}}</p>
    <p>New here? Read {{#old-rules}}<a href="/rules">the rules</a>{{or}}<a href="/help">the rules</a>{{/}}.</p></section>`,
});

const list = async () => ({
  title: 'All plots | Plotbook',
  description: 'Every plot with its keeper and what grows there now.',
  body: `<section><h1>All plots</h1>
    <ul>${(await plots()).map((plot) => `<li><a href="/plots/${plot.id}">${plot.name}, kept by ${plot.keeper}</a></li>`).join('')}
    {{#lost-plot}}<li><a href="/plots/12">Plot 12, waiting for a keeper</a></li>{{or}}{{/}}</ul>
    <p>{{#script-href}}<a class="reload" href="javascript:void(0)">Count again</a>{{or}}<button class="reload" type="button">Count again</button>{{/}}
    <button class="sort" type="button">{{#sort-name}}{{or}}Sort by crop{{/}}</button></p></section>`,
});

const plot = async (id) => {
  const one = (await plots()).find((each) => each.id === id);
  if (!one) return missing();
  return {
    title: `${one.name} | Plotbook`,
    description: `What ${one.keeper} grows on ${one.name.toLowerCase()} this year, bed by bed.`,
    body: `<section>${id === 7 ? '{{#plain-title}}<p>Plot 7</p>{{or}}<h1>Plot 7</h1>{{/}}' : `<h1>${one.name}</h1>`}
      <p>${one.keeper} grows ${one.crop}.</p>
      <img class="crop" src="${one.picture}" width="320" height="200"${id === 3 ? '{{#crop-alt}}{{or}} alt="Three rows of broad beans"{{/}}' : ' alt="A ripe squash among its leaves"'}>
      <p>${id === 3 ? '{{#own-machine}}<a href="http://127.0.0.1:5173/plots/3/soil">Soil report</a>{{or}}The soil report is due in May.{{/}}' : '{{#keeper-mail}}<a href="mailto:jiro">Write to Jiro</a>{{or}}<a href="mailto:jiro@plotbook.example">Write to Jiro</a>{{/}}'}</p></section>`,
  };
};

const tasks = () => ({
  title: {{#same-title}}'All plots | Plotbook'{{or}}'Tasks | Plotbook'{{/}},
  description: 'What has to be done on the allotments this week, and by whom.',
  body: `<section><h1>Tasks</h1>
    <p>{{#who-label}}Whose{{or}}<label for="who">Whose</label>{{/}} <select id="who"><option>everybody's</option><option>mine</option></select></p>
    <ul><li>Mend the gate</li><li class="{{#faint-done}}done faint{{or}}done{{/}}">Turn the compost (done)</li></ul></section>`,
});

const members = () => ({
  title: 'Members | Plotbook',
  description: 'Everybody who keeps a plot, and how to reach them.',
  body: `<section><h1>Members</h1>
    {{#deep-heading}}<h3>Keepers</h3>{{or}}<h2>Keepers</h2>{{/}}
    <ul>{{#loose-entry}}<p>Amara, plot 3</p>{{or}}<li>Amara, plot 3</li>{{/}}<li>Jiro, plot 7</li></ul></section>`,
});

const settings = () => ({
  title: 'Settings | Plotbook',
  description: 'How and when Plotbook tells you about frost, water and tasks.',
  body: `<section><h1>Settings</h1><form action="/settings" method="get">
    <p>{{#mail-label}}Your e-mail{{or}}<label for="mail">Your e-mail</label>{{/}} <input id="mail" name="mail" type="email" autocomplete="email"></p>
    <p><button type="button" role="switch"{{#switch-state}}{{or}} aria-checked="false"{{/}}>Warn me of frost</button></p>
    <p><button type="submit">Keep</button></p></form></section>`,
  start(app) {
    {{#no-paste}}app.querySelector('#mail').addEventListener('paste', (event) => event.preventDefault());{{or}}{{/}}
    {{#crashed-switch}}app.querySelector('.frost').addEventListener('click', () => {});{{or}}app.querySelector('[role="switch"]').addEventListener('click', (event) => {
      const on = event.target.getAttribute('aria-checked') === 'true';
      event.target.setAttribute('aria-checked', String(!on));
    });{{/}}
  },
});

const help = () => ({
  title: 'Help | Plotbook',
  description: {{#help-description}}''{{or}}'The rules of the allotments, and whom to call when the pump stands still.'{{/}},
  body: `<section><h1>Help</h1>
    <p>No bonfires before dusk; dogs on a lead; water by hand.</p>
    <p>The pump stands still? <a href="tel:{{#pump-number}}pump{{or}}+44-1765-555014{{/}}">Call the warden</a> {{#lost-section}}or <a href="/members#warden">see who it is</a>{{or}}at any hour{{/}}.</p></section>`,
});

const missing = () => ({
  title: 'Page not found | Plotbook',
  description: 'This address leads nowhere; the diary is one click away.',
  body: '<section><h1>Page not found</h1><p><a href="/">To the diary</a></p></section>',
});

const routes = { '/': home, '/plots': list, '/tasks': tasks, '/members': members, '/settings': settings, '/help': help };

/** What is to be seen at a path. */
export async function draw(path) {
  const id = /^\/plots\/(\d+)$/.exec(path)?.[1];
  return id ? plot(Number(id)) : (routes[path] ?? missing)();
}
