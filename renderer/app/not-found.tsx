import { Empty } from '../ui/states.tsx';

/** The address leads to no screen. */
export function NotFound() {
  return (
    <Empty title="There is no such screen" action={<a href="/">Go to your runs</a>}>
      The address may be misspelt, or the link may be older than this version.
    </Empty>
  );
}
