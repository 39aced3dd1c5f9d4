// Shows what lies in the basket.
const list = document.querySelector('#basket');
const chosen = JSON.parse(sessionStorage.getItem('basket') ?? '[]');
list.textContent = chosen.length === 0 ? 'Nothing yet.' : chosen.join(', ');
document.title = {{#late-title}}''{{or}}'Basket | Kiln & Cup'{{/}};
