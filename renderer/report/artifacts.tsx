import { Paged } from '../ui/paged.tsx';
import { pathOf } from './host.ts';
import { useModel } from './model.ts';
import styles from './table.module.css';
import { size } from './words.ts';

/** Everything that was kept, with its size and hash. */
export function Artifacts() {
  const { report, host } = useModel();
  const { artifacts } = report;
  const total = artifacts.reduce((sum, a) => sum + a.size, 0);
  return (
    <>
      <h1 className={styles['title']}>Artifacts</h1>
      <p className={styles['lead']}>
        {artifacts.length.toLocaleString('en')} files, {size(total)}. {host.artifactsLie}
      </p>
      <Paged items={artifacts} size={200} noun="files">
        {(part) => (
          <table>
            <thead>
              <tr>
                <th scope="col">File</th>
                <th scope="col">Kind</th>
                <th scope="col" className={styles['numeric']}>
                  Size
                </th>
                <th scope="col">SHA-256</th>
              </tr>
            </thead>
            <tbody>
              {part.map((a) => {
                const name = pathOf(a.key);
                const { url: href } = host.evidence(name);
                return (
                  <tr key={a.key}>
                    <th scope="row" className={styles['name']}>
                      <code>{href === null ? name : <a href={href}>{name}</a>}</code>
                    </th>
                    <td className={styles['quiet']}>{a.kind}</td>
                    <td className={styles['numeric']}>{size(a.size)}</td>
                    <td>
                      <code title={a.sha256 ?? ''}>{a.sha256 === null ? '–' : a.sha256.slice(0, 16)}</code>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        )}
      </Paged>
    </>
  );
}
