// Shows when the workshop is closed.
const dialog = document.createElement('div');
dialog.setAttribute('role', 'dialog');
{{#late-dialog}}{{or}}dialog.setAttribute('aria-label', 'Closed for the firing');{{/}}
dialog.className = 'notice';
dialog.textContent = 'We are closed in the week of the firing.';
document.querySelector('main section').append(dialog);
