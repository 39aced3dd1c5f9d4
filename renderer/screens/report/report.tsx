import { Empty } from '../../ui/states.tsx';

export default function ReportScreen() {
  return <Empty title="ReportScreen" />;
}
