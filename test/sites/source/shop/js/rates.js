// Adds the table of rates.
const rates = document.querySelector('#rates');
const heading = document.createElement({{#late-heading}}'h4'{{or}}'h2'{{/}});
heading.textContent = 'Rates';
const table = document.createElement('table');
const rows = [['Weight', 'Price'], ['up to 2 kg', '£4'], ['up to 10 kg', '£9']];
for (const [index, cells] of rows.entries()) {
  const row = table.insertRow();
  for (const text of cells) {
    const cell = document.createElement(index === 0 ? 'th' : 'td');
    if (index === 0) cell.scope = 'col';
    cell.textContent = text;
    row.append(cell);
  }
}
rates.append(heading, table);
