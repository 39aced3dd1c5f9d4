import { createRoot } from 'react-dom/client';
import '../ui/tokens.css';
import '../ui/base.css';
import { App } from './app.tsx';
import { readFile } from './data.ts';
import { offlineHost } from './offline-host.ts';
import { ReportProvider } from './provider.tsx';

const root = document.getElementById('root');
if (root) {
  const file = readFile();
  createRoot(root).render(
    <ReportProvider report={file.report} host={offlineHost(file)} only={file.only}>
      <App />
    </ReportProvider>,
  );
}
