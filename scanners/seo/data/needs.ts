/**
 * What rich results ask of an item, as data: each entry is one need; alternatives are joined by `|`.
 * Source: the "required properties" tables under https://developers.google.com/search/docs/appearance/structured-data/
 */
export interface Needs {
  readonly all: readonly string[];
  /** Needs that hold only where the item stands alone, not inside another. */
  readonly alone?: readonly string[];
}

const place: Needs = { all: ['name', 'address'] };

export const NEEDS: Readonly<Record<string, Needs>> = {
  Product: { all: ['name', 'offers|review|aggregateRating'] },
  Offer: { all: ['price|priceSpecification', 'priceCurrency|priceSpecification'] },
  AggregateOffer: { all: ['lowPrice', 'priceCurrency'] },
  AggregateRating: { all: ['ratingValue', 'ratingCount|reviewCount'], alone: ['itemReviewed'] },
  Review: { all: ['author', 'reviewRating'], alone: ['itemReviewed'] },
  Rating: { all: ['ratingValue'] },
  BreadcrumbList: { all: ['itemListElement'] },
  FAQPage: { all: ['mainEntity'] },
  Event: { all: ['name', 'startDate', 'location'] },
  Recipe: { all: ['name', 'image'] },
  LocalBusiness: place,
  Restaurant: place,
  Store: place,
  Hotel: { all: ['name', 'address'] },
  VideoObject: { all: ['name', 'thumbnailUrl', 'uploadDate'] },
  JobPosting: {
    all: ['title', 'description', 'datePosted', 'hiringOrganization', 'jobLocation|applicantLocationRequirements'],
  },
  Course: { all: ['name', 'description'] },
};

/** Needs of items inside one of these: parent type -> child type -> needs. */
export const NEEDS_INSIDE: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  FAQPage: { Question: ['name', 'acceptedAnswer'] },
  Question: { Answer: ['text'] },
  BreadcrumbList: { ListItem: ['position', 'name|item'] },
};

/** Types whose spelling is checked for case: those above and others that pages often carry. */
export const KNOWN_TYPES: readonly string[] = [
  ...Object.keys(NEEDS),
  'Answer',
  'Article',
  'BlogPosting',
  'Blog',
  'Brand',
  'Comment',
  'ContactPoint',
  'CreativeWork',
  'GeoCoordinates',
  'HowTo',
  'HowToStep',
  'ImageObject',
  'ItemList',
  'ListItem',
  'MonetaryAmount',
  'NewsArticle',
  'Organization',
  'Person',
  'Place',
  'PostalAddress',
  'Question',
  'SearchAction',
  'Service',
  'SoftwareApplication',
  'TechArticle',
  'WebPage',
  'WebSite',
];
