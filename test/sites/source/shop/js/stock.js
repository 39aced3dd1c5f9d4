// Tells how many mugs are left.
const count = await (await fetch({{#late-stock}}'/api/stock.json'{{or}}'/data/stock.json'{{/}})).json().catch(() => ({ mug: 0 }));
{{#late-error}}document.querySelector('.stock-count').textContent = count.mug;{{or}}if (count.mug === 0) document.querySelector('.buy').textContent = 'Tell me when it is back';{{/}}
