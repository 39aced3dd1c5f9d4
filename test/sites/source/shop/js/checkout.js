// Offers a card with the parcel, and keeps typing errors out of the address.
const gift = document.querySelector('#gift');
const text = document.createElement('textarea');
text.id = 'gift-text';
text.rows = 2;
const label = document.createElement({{#late-field}}'span'{{or}}'label'{{/}});
label.setAttribute('for', 'gift-text');
label.textContent = 'Words for the card';
gift.append(label, text);
document.querySelector('#email').addEventListener('paste', (event) => {
  {{#late-paste}}event.preventDefault();{{or}}requestAnimationFrame(() => { event.target.value = event.target.value.trim(); });{{/}}
});
