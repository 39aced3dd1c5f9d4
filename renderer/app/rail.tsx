import GitCompare from 'lucide-react/icons/git-compare-arrows';
import History from 'lucide-react/icons/history';
import Plus from 'lucide-react/icons/plus';
import Settings from 'lucide-react/icons/settings';
import Stethoscope from 'lucide-react/icons/stethoscope';
import type { ComponentType } from 'react';
import { useAddress } from './location.ts';
import styles from './rail.module.css';

interface Place {
  readonly href: string;
  /** In the rail. */
  readonly word: string;
  /** In the palette and the sheet. */
  readonly title: string;
  readonly keys: string;
  readonly icon: ComponentType<{ readonly size?: number; readonly 'aria-hidden'?: 'true' }>;
}

/** The screens that are always one step away. */
export const PLACES: readonly Place[] = [
  { href: '/playground', word: 'Scan', title: 'Start a new scan', keys: 'n', icon: Plus },
  { href: '/', word: 'Runs', title: 'Show all runs', keys: 'o', icon: History },
  { href: '/compare', word: 'Compare', title: 'Compare two runs', keys: 'c', icon: GitCompare },
  { href: '/doctor', word: 'Doctor', title: 'Doctor: check this machine', keys: 'd', icon: Stethoscope },
  { href: '/settings', word: 'Settings', title: 'Open the settings', keys: 'mod+,', icon: Settings },
];

/** Links to the screens: at the left, on narrow windows at the bottom. */
export function Rail() {
  const pathname = useAddress().split('?', 1)[0];
  return (
    <nav className={styles['rail']} data-landmark tabIndex={-1} aria-label="Screens">
      <ul>
        {PLACES.map(({ href, word, icon: Icon }) => (
          <li key={href}>
            <a href={href} aria-current={pathname === href ? 'page' : undefined}>
              <Icon size={20} aria-hidden="true" />
              {word}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
