import { Empty } from '../../ui/states.tsx';

export default function Live() {
  return <Empty title="Live" />;
}
