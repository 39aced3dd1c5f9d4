import type { ReportFinding } from '@stageflow/engine/report-schema';

/** Who a broken WCAG criterion keeps out, by criterion number. */
const BY_CRITERION: Readonly<Record<string, string>> = {
  '1.1.1': 'People who do not see the picture: they hear a file name, or nothing.',
  '1.2.1': 'People who cannot hear or see the recording.',
  '1.2.2': 'Deaf and hard-of-hearing people, and everybody who watches without sound.',
  '1.3.1': 'People who use a screen reader: what the layout shows, they are not told.',
  '1.3.4': 'People whose device is fixed in one direction, on a wheelchair for example.',
  '1.3.5': 'People who rely on their browser to fill in what they cannot remember or type.',
  '1.4.1': 'People who do not tell these colours apart.',
  '1.4.2': 'People who use a screen reader: the sound speaks over it.',
  '1.4.3': 'People with low vision, and everybody in bright light.',
  '1.4.4': 'People who enlarge text: they lose part of it.',
  '1.4.6': 'People with low vision.',
  '1.4.10': 'People who enlarge the page: they must scroll both ways to read a line.',
  '1.4.11': 'People with low vision: they do not find the control or its state.',
  '1.4.12': 'People who need more room between lines and letters to read.',
  '2.1.1': 'People who use a keyboard, a switch or their voice instead of a pointer.',
  '2.1.3': 'People who use a keyboard, a switch or their voice instead of a pointer.',
  '2.2.1': 'People who need more time than the page gives.',
  '2.2.2': 'People whom movement distracts or makes ill.',
  '2.4.1': 'People who use a keyboard or a screen reader: they must pass everything before the content, on every page.',
  '2.4.2': 'People who use a screen reader or have many tabs open: they do not learn where they are.',
  '2.4.3': 'People who use a keyboard: the focus jumps.',
  '2.4.4': 'People who use a screen reader: links read out alone do not say where they lead.',
  '2.4.9': 'People who use a screen reader: links read out alone do not say where they lead.',
  '2.4.6': 'People who use headings and labels to find their way.',
  '2.4.7': 'People who use a keyboard: they do not see where they are.',
  '2.5.3': 'People who speak commands: the name they see is not the name that works.',
  '2.5.8': 'People whose hands shake, and everybody on a small screen.',
  '3.1.1': 'People who use a screen reader: it speaks with the wrong pronunciation.',
  '3.1.2': 'People who use a screen reader: a part is spoken with the wrong pronunciation.',
  '3.3.1': 'People who do not see that a field is marked as wrong.',
  '3.3.2': 'People who use a screen reader or forget easily: they are not told what a field wants.',
  '4.1.1': 'People whose assistive technology depends on clean markup.',
  '4.1.2': 'People who use a screen reader or speak commands: the control has no name or does not tell its state.',
  '4.1.3': 'People who use a screen reader: they are not told that something happened.',
};

const BY_CATEGORY: Readonly<Record<ReportFinding['category'], string>> = {
  accessibility: 'People who use the page in another way than its makers do.',
  performance: 'Everybody who waits, most of all on a slow line or an old phone.',
  'best-practices': 'Visitors whose browser works as the standards say.',
  security: 'Visitors whose data or session an attacker is after.',
  seo: 'People who look for this page and do not find it.',
  links: 'Visitors who follow the link and end nowhere.',
  experience: 'Visitors who try to get something done here.',
};

/** Who is affected, in plain words: by the criteria broken, else by what it is about. */
export function whoIsAffected({
  standards,
  category,
}: Pick<ReportFinding, 'standards' | 'category'>): readonly string[] {
  const known = standards.flatMap(({ name, criterion }) =>
    name.startsWith('WCAG') && Object.hasOwn(BY_CRITERION, criterion) ? [BY_CRITERION[criterion] ?? ''] : [],
  );
  return known.length > 0 ? [...new Set(known)] : [BY_CATEGORY[category]];
}
