import { createRoot } from 'react-dom/client';
import '../ui/tokens.css';
import '../ui/base.css';
import { App } from './app.tsx';
import { readData } from './data.ts';
import { ModelContext } from './model.ts';

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <ModelContext value={readData()}>
      <App />
    </ModelContext>,
  );
}
