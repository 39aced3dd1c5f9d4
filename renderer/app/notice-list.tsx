import X from 'lucide-react/icons/x';
import { useApp } from '../state/store.ts';
import styles from './notice-list.module.css';

/** Words about what was done, at the lower edge; screen readers hear them from the live regions. */
export function NoticeList() {
  const notices = useApp((state) => state.notices);
  const dismiss = useApp((state) => state.dismiss);
  if (notices.length === 0) return null;
  return (
    <section className={styles['list']} aria-label="Notices">
      {notices.map(({ id, tone, text, link }) => (
        <div key={id} className={`${styles['notice']} ${styles[tone]}`}>
          <p>
            {text} {link && <a href={link.href}>{link.label}</a>}
          </p>
          <button type="button" aria-label="Dismiss" onClick={() => dismiss(id)}>
            <X size={16} aria-hidden="true" />
          </button>
        </div>
      ))}
    </section>
  );
}
