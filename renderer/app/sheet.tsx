import X from 'lucide-react/icons/x';
import { useApp } from '../state/store.ts';
import { Overlay } from '../ui/overlay.tsx';
import styles from './sheet.module.css';
import { keyNames } from './shortcuts.ts';

/** All shortcuts that work here and now. */
export default function Sheet() {
  const groups = useApp((state) => state.shortcutGroups);
  const close = () => useApp.getState().showOverlay(null);
  const { singleKeys } = useApp((state) => state.preferences);
  const prefer = useApp((state) => state.prefer);
  return (
    <Overlay label="Keyboard shortcuts" onClose={close} wide>
      <div className={styles['sheet']}>
        <header>
          <h2>Keyboard shortcuts</h2>
          <button type="button" onClick={close} aria-label="Close">
            <X size={16} aria-hidden="true" />
          </button>
        </header>
        <div className={styles['groups']}>
          {groups
            .filter(({ shortcuts, told = [] }) => shortcuts.length + told.length > 0)
            .map(({ id, title, shortcuts, told = [] }) => (
              <section key={String(id.description)}>
                <h3>{title}</h3>
                <dl>
                  {shortcuts.map(({ keys, label }) => (
                    <div key={keys}>
                      <dt>{label}</dt>
                      <dd>
                        {keyNames(keys).map((name) => (
                          <kbd key={name}>{name}</kbd>
                        ))}
                      </dd>
                    </div>
                  ))}
                  {told.map(([keys, label]) => (
                    <div key={keys}>
                      <dt>{label}</dt>
                      <dd>
                        <kbd>{keys}</kbd>
                      </dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
        </div>
        <label className={styles['switch']}>
          <input
            type="checkbox"
            checked={singleKeys}
            onChange={(event) => prefer({ singleKeys: event.target.checked })}
          />
          Shortcuts of a single key are on
        </label>
      </div>
    </Overlay>
  );
}
