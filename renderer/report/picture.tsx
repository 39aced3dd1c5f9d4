import { useState } from 'react';
import { pathOf } from './host.ts';
import { useModel } from './model.ts';
import styles from './picture.module.css';

/**
 * A picture of the evidence by its key. One that is inside the page or sure to be there shows at once; one that may have been left
 * behind is fetched only when asked for. `quiet` shows nothing rather than an explanation.
 */
export function Picture({
  image,
  alt,
  className = '',
  quiet = false,
  onSize,
}: {
  readonly image: string;
  readonly alt: string;
  readonly className?: string | undefined;
  readonly quiet?: boolean;
  /** Told the picture's own size in pixels once it is loaded. */
  readonly onSize?: (width: number, height: number) => void;
}) {
  const { host } = useModel();
  const [asked, setAsked] = useState(false);
  const [gone, setGone] = useState(false);
  const path = pathOf(image);
  const evidence = host.evidence(path);
  if (evidence.url === null || gone) {
    if (quiet) return null;
    return <p className={styles['note']}>{evidence.url === null ? evidence.reason : `${path} could not be loaded.`}</p>;
  }
  if (evidence.reach === 'perhaps' && !asked) {
    if (quiet) return null;
    return (
      <button type="button" onClick={() => setAsked(true)}>
        Show the picture
      </button>
    );
  }
  return (
    <img
      className={`${styles['picture']} ${className}`}
      src={evidence.url}
      alt={alt}
      loading={evidence.reach === 'inside' ? 'eager' : 'lazy'}
      decoding="async"
      onLoad={({ currentTarget }) => onSize?.(currentTarget.naturalWidth, currentTarget.naturalHeight)}
      onError={() => setGone(true)}
    />
  );
}
