import WifiOff from 'lucide-react/icons/wifi-off';
import type { Link } from '../api/live.ts';
import styles from './link-word.module.css';
import { clock } from './time.ts';

/** Says that the connection is lost, and up to when what is shown holds; silent while all is well. */
export function LinkWord({ link, heardAt }: { readonly link: Link; readonly heardAt: number | null }) {
  if (link.state !== 'reconnecting' && link.state !== 'refused') return null;
  const words =
    link.state === 'refused'
      ? link.problem.sentence
      : `Reconnecting${heardAt === null ? '' : `, last event ${clock(heardAt)}`}. Nothing is lost: what happens meanwhile comes afterwards.`;
  return (
    <p className={styles['word']} role={link.state === 'refused' ? 'alert' : 'status'}>
      <WifiOff size={16} aria-hidden="true" /> {words}
    </p>
  );
}
