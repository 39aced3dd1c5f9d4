import { Empty } from '../../ui/states.tsx';

export default function History() {
  return <Empty title="History" />;
}
