// Counts what lies in the basket, on every page.
const items = JSON.parse(sessionStorage.getItem('basket') ?? '[]');
const basket = document.querySelector('nav a[href="/cart.html"]');
if (items.length > 0) basket.textContent = `Basket (${items.length})`;
for (const button of document.querySelectorAll('.buy')) {
  button.addEventListener('click', () => {
    items.push(button.closest('[data-product]').dataset.product);
    sessionStorage.setItem('basket', JSON.stringify(items));
    basket.textContent = `Basket (${items.length})`;
  });
}
for (const button of document.querySelectorAll('.print')) button.addEventListener('click', () => window.print());
