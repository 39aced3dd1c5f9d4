// A page that was opened from a printed label is kept out of search results.
const labels = new URLSearchParams(location.search).has('label');
{{#late-noindex}}const hidden = true;{{or}}const hidden = labels;{{/}}
if (hidden) {
  const robots = document.createElement('meta');
  robots.name = 'robots';
  robots.content = 'noindex';
  document.head.append(robots);
}
