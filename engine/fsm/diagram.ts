import { TERMINAL } from '../event/index.ts';
import { TABLE } from './table.ts';

/** The table as a Mermaid state diagram: one arrow a row, late rows as one note a state. */
export function fsmDiagram(): string {
  const arrows = TABLE.filter((row) => !row.late).map((row) => {
    const condition = row.when === null ? '' : ` [${row.when}]`;
    const commands = row.commands.length === 0 ? '' : ` / ${row.commands.join(', ')}`;
    return `  ${row.state} --> ${row.next} : ${row.on}${condition}${commands}`;
  });
  const ends = [...TERMINAL].map((state) => `  ${state} --> [*]`);
  const notes = [...new Set(TABLE.filter((row) => row.late).map((row) => row.state))].map((state) => {
    const types = TABLE.filter((row) => row.late && row.state === state).map((row) => row.on);
    const which = TERMINAL.has(state) ? 'every event' : types.join(', ');
    return `  note right of ${state} : late, joins the view only: ${which}`;
  });
  return ['stateDiagram-v2', '  [*] --> PENDING', ...arrows, ...ends, ...notes, ''].join('\n');
}
