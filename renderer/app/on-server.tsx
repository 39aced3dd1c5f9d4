import { SERVER } from '../api/place.ts';
import styles from './target.module.css';

/** Says on which server the screens look, with the way back; nothing while they look at wherever the page came from. */
export function OnServer() {
  if (SERVER === null) return null;
  return (
    <p className={styles['server']}>
      On <strong>{SERVER}</strong>
      <a href="/" target="_self">
        Back to this computer
      </a>
    </p>
  );
}
