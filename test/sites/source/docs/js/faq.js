// Folds the last answer and describes the page to search engines.
const more = document.getElementById('more');
more.innerHTML = '<p>Yes, in <a href="/guide/alerts.html">the chapter on alerts</a>.</p>';
{{#answer-hidden}}more.setAttribute('aria-hidden', 'true');{{or}}more.hidden = true;{{/}}
const data = document.createElement('script');
data.type = 'application/ld+json';
data.textContent = JSON.stringify({ '@context': 'https://schema.org', '@type': '{{#type-case}}Webpage{{or}}WebPage{{/}}', name: document.title });
document.head.append(data);
