// The search form: it is built here, because without a script it could not search.
{{#search-waits}}const request = new XMLHttpRequest();
request.open('GET', '/demo/readings.txt', false);
request.send();{{or}}{{/}}
const chapters = [['/install.html', 'Install'], ['/guide/sensors.html', 'Sensors'], ['/faq.html', 'Questions']];
document.getElementById('search').innerHTML = `
<form action="{{#search-plain}}http://search.tidelog.example/{{or}}/search.html{{/}}" method="get">
<p>{{#search-unlabelled}}{{or}}<label for="words">Words to look for</label> {{/}}<input id="words" name="q" type="search">
<button type="submit">Search</button></p>
</form>
<ul {{#results-role}}role="listbox"{{or}}{{/}} id="results"></ul>`;
const results = document.getElementById('results');
results.innerHTML = chapters.map(([path, name]) => `<li><a href="${path}">{{#result-unnamed}}{{or}}${name}{{/}}</a></li>`).join('');
const words = document.getElementById('words');
words.addEventListener('paste', (event) => { {{#paste-refused}}event.preventDefault();{{or}}event.target.value = event.target.value.trim();{{/}} });
