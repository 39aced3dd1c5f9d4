import { Empty } from '../../ui/states.tsx';

export default function Playground() {
  return <Empty title="Playground" />;
}
