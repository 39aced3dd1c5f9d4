import type { ReactNode } from 'react';

/** A link when the address is http or https, else plain text: an address from a page may be anything. */
export function WebLink({ href, children }: { readonly href: string; readonly children?: ReactNode }) {
  const url = URL.parse(href);
  const safe = url !== null && (url.protocol === 'http:' || url.protocol === 'https:');
  if (!safe) return <>{children ?? href}</>;
  return (
    <a href={url.href} rel="noopener noreferrer nofollow" target="_blank">
      {children ?? href}
    </a>
  );
}
