import { useState } from 'react';
import { besideFile } from './data.ts';
import { useModel } from './model.ts';
import styles from './picture.module.css';

/**
 * A picture of the evidence. One that is inside the file shows at once; one that lies beside it is fetched only when asked
 * for, since it may have been left behind when the file was sent on. `quiet` shows nothing rather than an explanation.
 */
export function Picture({
  image,
  alt,
  className,
  quiet = false,
}: {
  readonly image: string;
  readonly alt: string;
  readonly className: string;
  readonly quiet?: boolean;
}) {
  const model = useModel();
  const [state, setState] = useState<'closed' | 'open' | 'gone'>('closed');
  const inside = model.images[image];
  const beside = besideFile(model, image);
  if (inside !== undefined)
    return <img className={`${styles['picture']} ${className}`} src={inside} alt={alt} loading="lazy" />;
  if (quiet) return null;
  if (beside === null || state === 'gone') {
    return (
      <p className={styles['note']}>
        This picture is not in the file. It is kept with the job as {image.split('/').slice(1).join('/')}.
      </p>
    );
  }
  if (state === 'closed') {
    return (
      <button type="button" onClick={() => setState('open')}>
        Show the picture
      </button>
    );
  }
  return (
    <img className={`${styles['picture']} ${className}`} src={beside} alt={alt} onError={() => setState('gone')} />
  );
}
