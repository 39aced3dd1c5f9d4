import { type InputHTMLAttributes, type ReactNode, useId } from 'react';
import { attempt } from '../../state/attempt.ts';
import styles from './settings.module.css';

/** A row of fields that makes something new. */
export function NewForm({
  word,
  make,
  children,
}: {
  /** On its button. */
  readonly word: string;
  readonly make: () => Promise<void>;
  readonly children: ReactNode;
}) {
  return (
    <form
      className={styles['new']}
      onSubmit={(event) => {
        event.preventDefault();
        void attempt(make);
      }}
    >
      {children}
      <button type="submit" className="primary">
        {word}
      </button>
    </form>
  );
}

/** A line of text in it. */
export function TextInput({
  label,
  long = false,
  value,
  set,
  ...rest
}: {
  readonly label: string;
  /** Takes the room that is left. */
  readonly long?: boolean;
  readonly value: string;
  readonly set: (value: string) => void;
} & Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'onChange'>) {
  const id = useId();
  return (
    <label htmlFor={id} className={long ? styles['long'] : undefined}>
      {label}
      <input id={id} value={value} onChange={(event) => set(event.target.value)} {...rest} />
    </label>
  );
}

/** A choice in it. */
export function Choice<T extends string>({
  label,
  value,
  set,
  options,
}: {
  readonly label: string;
  readonly value: T;
  readonly set: (value: T) => void;
  /** Values and their words. */
  readonly options: Readonly<Record<T, string>>;
}) {
  const id = useId();
  return (
    <label htmlFor={id}>
      {label}
      <select id={id} value={value} onChange={(event) => set(event.target.value as T)}>
        {Object.entries<string>(options).map(([key, words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
