import { useState } from 'react';
import type { CallInput, Desktop } from '../../../main/ipc/contract.ts';
import { askDesktop } from '../../api/desktop.ts';
import { useSync } from '../../api/use-sync.ts';
import { AskingButton } from '../../ui/asking-button.tsx';
import { uploadState } from '../share/upload-words.ts';
import { NewForm, TextInput } from './new-form.tsx';
import { Row, Rows } from './rows.tsx';
import styles from './settings.module.css';

type Target = NonNullable<CallInput<'sync.connect'>['target']>;

const EMPTY: Target = {
  endpoint: '',
  region: '',
  accessKey: '',
  secretKey: '',
  linkAccessKey: '',
  linkSecretKey: '',
  publicUrl: '',
};
const FIELDS: readonly {
  readonly name: keyof Target;
  readonly label: string;
  readonly placeholder?: string;
  readonly type?: 'password';
}[] = [
  { name: 'endpoint', label: 'Address', placeholder: 'https://s3.example.org' },
  { name: 'region', label: 'Region', placeholder: 'us-east-1' },
  { name: 'accessKey', label: 'Access key' },
  { name: 'secretKey', label: 'Secret key', type: 'password' },
  { name: 'linkAccessKey', label: 'Access key for links' },
  { name: 'linkSecretKey', label: 'Secret key for links', type: 'password' },
  { name: 'publicUrl', label: 'Address for others', placeholder: 'the same' },
];
const NEEDED = new Set<keyof Target>(['endpoint', 'accessKey', 'secretKey']);
/** Uploads that are listed. */
const SHOWN = 5;

/** The MinIO or other S3 store to which the desktop app uploads reports. */
export function ObjectStore({ desktop }: { readonly desktop: Desktop }) {
  const sync = useSync(desktop);
  return (
    <section aria-labelledby="object-store">
      <h2 id="object-store">Object store</h2>
      <p className={styles['quiet']}>
        Reports can be uploaded to a MinIO or other S3 store of yours: in the background, each file compared by its
        hash. The keys are kept in this system&apos;s vault. Links are made with a key of their own, which may only
        read.
      </p>
      {sync?.target != null && (
        <Rows label="The store">
          <Row
            name={sync.target.endpoint}
            about={sync.target.canLink ? 'connected' : 'connected, without links'}
            acts={
              <AskingButton
                word="Forget"
                of={sync.target.endpoint}
                question="Forget this store?"
                consequence="Its keys are taken out of the system's vault. Reports that were uploaded stay there, and links to them go on until they end."
                act={async () => void (await askDesktop(desktop, 'sync.connect', { target: null }))}
              />
            }
          />
          {sync.uploads
            .slice(-SHOWN)
            .toReversed()
            .map((upload) => (
              <Row
                key={upload.jobId}
                name={<a href={`/scan/${upload.jobId}/report`}>{upload.jobId}</a>}
                about={uploadState(upload)}
              />
            ))}
        </Rows>
      )}
      {sync !== null && sync.target === null && <NewStore desktop={desktop} />}
    </section>
  );
}

function NewStore({ desktop }: { readonly desktop: Desktop }) {
  const [target, setTarget] = useState(EMPTY);
  const connect = async () => void (await askDesktop(desktop, 'sync.connect', { target }));
  return (
    <NewForm word="Connect the store" make={connect}>
      {FIELDS.map(({ name, ...field }) => (
        <TextInput
          key={name}
          long
          autoComplete="off"
          value={target[name]}
          set={(value) => setTarget({ ...target, [name]: value })}
          required={NEEDED.has(name)}
          maxLength={500}
          {...field}
        />
      ))}
    </NewForm>
  );
}
