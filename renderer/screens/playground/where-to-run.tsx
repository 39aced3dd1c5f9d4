import { askDesktop, desktop } from '../../api/desktop.ts';
import { SERVER } from '../../api/place.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import styles from './where-to-run.module.css';

/** On the desktop: whether a scan runs on this computer or on a server that the app knows; nothing where it knows none. */
export function WhereToRun() {
  const loaded = useLoaded('servers', async () => (desktop === null ? [] : askDesktop(desktop, 'servers.read', {})));
  return loaded.status === 'ready' ? <Places servers={loaded.value} /> : null;
}

/** The choice. Each place has screens of its own, so that choosing one goes to its form. */
function Places({ servers }: { readonly servers: readonly { readonly name: string }[] }) {
  if (servers.length === 0) return null;
  const places = [null, ...servers.map(({ name }) => name)];
  return (
    <fieldset className={styles['where']}>
      <legend>Run on</legend>
      {places.map((name) => (
        <label key={name}>
          <input
            type="radio"
            name="place"
            checked={name === SERVER}
            onChange={() => location.assign(name === null ? '/playground' : `/on/${name}/playground`)}
          />
          {name ?? 'This computer'}
        </label>
      ))}
    </fieldset>
  );
}
