// Puts what goes well with a piece below it.
const slug = document.querySelector('[data-product]').dataset.product;
const related = document.querySelector('.related');
const goes = {
  bowl: ['/products/plate.html', 'Supper plate', '/img/plate.svg'],
  vase: [{{#late-link}}'/products/jug.html'{{or}}'/products/teapot.html'{{/}}, 'Milk jug', null],
  plate: ['/products/bowl.html', 'Noodle bowl', {{#late-picture}}'/img/bowl-small.svg'{{or}}'/img/bowl.svg'{{/}}],
};
const [address, name, picture] = goes[slug] ?? ['/products/mug.html', 'Breakfast mug', null];
const item = document.createElement('li');
const link = document.createElement('a');
link.href = address;
link.append(name);
item.append(link);
if (picture !== null) {
  const image = document.createElement('img');
  image.src = picture;
  image.className = 'small';
  image.width = 120;
  image.height = 90;
  {{#late-alt}}if (slug !== 'bowl') image.alt = '';{{or}}image.alt = '';{{/}}
  item.append(image);
}
related.append(item);
if (slug === 'teapot') {
  const review = document.createElement('script');
  review.type = 'application/ld+json';
  review.textContent = JSON.stringify({
    '@context': 'https://schema.org', '@type': 'Review', itemReviewed: { '@type': 'Thing', name: 'Two-cup teapot' },
    {{#late-review}}{{or}}author: { '@type': 'Person', name: 'M. Okafor' },{{/}}
    reviewRating: { '@type': 'Rating', ratingValue: 5 },
  });
  document.head.append(review);
}
