import { Empty } from '../../ui/states.tsx';

/** Two runs side by side. */
export default function Compare() {
  return <Empty title="Compare two runs">Choose two runs of the same site.</Empty>;
}
