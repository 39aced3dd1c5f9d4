import Check from 'lucide-react/icons/check';
import Minus from 'lucide-react/icons/minus';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import X from 'lucide-react/icons/x';
import type { MachineCheck } from '../../api/schema.ts';
import styles from './doctor.module.css';

const LOOKS = {
  ok: { word: 'In order', icon: Check },
  warning: { word: 'Limited', icon: TriangleAlert },
  missing: { word: 'Missing', icon: X },
  broken: { word: 'Broken', icon: X },
  skipped: { word: 'Not needed', icon: Minus },
} as const;

/** One part of the machine: how it is, why, and the command that mends it. */
export function CheckRow({ check: { title, status, detail, fix } }: { readonly check: MachineCheck }) {
  const { word, icon: Icon } = LOOKS[status];
  return (
    <li className={styles['row']}>
      <p className={`${styles['status']} ${styles[status]}`}>
        <Icon size={16} aria-hidden="true" /> {word}
      </p>
      <div>
        <h2>{title}</h2>
        <p className={styles['detail']}>{detail}</p>
        {fix !== null && status !== 'ok' && (
          <p className={styles['fix']}>
            Run on the server: <code>{fix}</code>
          </p>
        )}
      </div>
    </li>
  );
}
