// Draws the filters and the notice above the shelf.
const filters = document.querySelector('#filters');
for (const glaze of ['ash', 'tenmoku']) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = `glaze-${glaze}`;
  {{#late-filter}}button.style.minWidth = '3rem';{{or}}button.textContent = `Only ${glaze}`;{{/}}
  filters.append(button);
}
const notice = document.createElement('p');
notice.className = {{#late-notice}}'notice dim'{{or}}'notice'{{/}};
notice.textContent = 'The next firing is opened on the first of the month.';
document.querySelector('.shelf').append(notice);
