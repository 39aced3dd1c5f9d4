import { useEffect, useRef } from 'react';
import FileArchive from 'lucide-react/icons/file-archive';
import { DropZone } from 'react-aria-components/DropZone';
import { useApp } from '../../state/store.ts';
import styles from './fields.module.css';
import { takeFile, takeText } from './take.ts';
import { summariseZip, type ZipSummary } from './zip-summary.ts';

/** Bytes for people. */
function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  if (bytes < 2 ** 20) return `${(bytes / 1024).toFixed(0)} KB`;
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}

/** The half for an archive: drop it, paste it or choose it; then what it holds. */
export function ArchiveField({
  summary,
  setSummary,
}: {
  readonly summary: ZipSummary | null;
  readonly setSummary: (summary: ZipSummary | null) => void;
}) {
  const file = useApp((state) => state.draft.file);
  const changeDraft = useApp((state) => state.changeDraft);
  const chooser = useRef<HTMLInputElement>(null);
  useEffect(() => {
    let wanted = true;
    setSummary(null);
    if (file === null) return;
    summariseZip(file).then(
      (found) => {
        if (!wanted) return;
        if (found === null) {
          useApp.getState().notify('failed', `${file.name} is no ZIP archive. Pack the build folder again.`);
          changeDraft({ file: null });
        } else setSummary(found);
      },
      () => changeDraft({ file: null }),
    );
    return () => {
      wanted = false;
    };
  }, [file, setSummary, changeDraft]);
  return (
    <section className={styles['half']} aria-labelledby="archive-name">
      <h2 id="archive-name">Archive of a built site</h2>
      <DropZone
        className={styles['drop'] ?? ''}
        aria-label="Drop an archive"
        onDrop={async ({ items }) => {
          for (const item of items) {
            if (item.kind === 'file') await takeFile(await item.getFile());
            if (item.kind === 'text') takeText(await item.getText('text/plain'));
            if (item.kind === 'directory') {
              useApp.getState().notify('failed', `${item.name} is a folder. Pack it as a ZIP, then drop that.`);
            }
          }
        }}
      >
        {file === null ? (
          <>
            <FileArchive size={32} aria-hidden="true" />
            <p>Drop a ZIP anywhere in this window</p>
          </>
        ) : (
          <Chosen file={file} summary={summary} />
        )}
        <p className={styles['choose']}>
          <button type="button" onClick={() => chooser.current?.click()}>
            {file === null ? 'Choose a file' : 'Choose another'}
          </button>
          {file !== null && (
            <button type="button" onClick={() => changeDraft({ file: null })}>
              Remove
            </button>
          )}
        </p>
        <input
          ref={chooser}
          hidden
          type="file"
          accept=".zip,application/zip,.txt,.url"
          aria-label="File"
          onChange={({ target }) => {
            const [chosen] = target.files ?? [];
            if (chosen) void takeFile(chosen);
            target.value = '';
          }}
        />
      </DropZone>
    </section>
  );
}

function Chosen({ file, summary }: { readonly file: File; readonly summary: ZipSummary | null }) {
  return (
    <div className={styles['chosen']}>
      <p className={styles['fileName']}>
        <bdi>{file.name}</bdi>
      </p>
      <p className={styles['quiet']}>{size(file.size)}</p>
      {summary !== null && (
        <dl>
          {summary.files > 0 && (
            <>
              <dt>Pages</dt>
              <dd>{summary.pages.toLocaleString('en')}</dd>
              <dt>Files</dt>
              <dd>
                {summary.files.toLocaleString('en')}, {size(summary.bytes)} unpacked
              </dd>
            </>
          )}
          {summary.index !== null && (
            <>
              <dt>Begins at</dt>
              <dd>
                <code>{summary.index}</code>
              </dd>
            </>
          )}
          {summary.hosting.length > 0 && (
            <>
              <dt>Served as told by</dt>
              <dd>
                <code>{summary.hosting.join(', ')}</code>
              </dd>
            </>
          )}
        </dl>
      )}
      {summary?.warnings.map((warning) => (
        <p key={warning} className={styles['fault']}>
          {warning}
        </p>
      ))}
    </div>
  );
}
