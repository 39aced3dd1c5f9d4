import type { Control, FormSeen } from '../raw.ts';

const words = (...list: string[]) => new RegExp(`(?<![\\p{L}])(?:${list.join('|')})(?![\\p{L}])`, 'iu');

/** What ends or changes something that is not ours. English, German, French and Spanish, the languages of most sites that are scanned. */
const DESTRUCTIVE = words(
  'delete\\w*|remove account|erase|destroy|deactivate|unsubscribe|cancel (?:order|subscription|account|membership)',
  'log ?out|sign ?out|reset (?:all|password)|revoke|terminate|close account|transfer|publish|deploy',
  'löschen|entfernen|kündigen|abmelden|ausloggen|stornieren|widerrufen|veröffentlichen',
  'supprimer|résilier|déconnexion|se déconnecter|eliminar|borrar|cerrar sesión',
);

/** What spends money. */
const PAYMENT = words(
  'pay|pay now|buy now|place order|order now|complete (?:order|purchase)|purchase|checkout|donate|subscribe|confirm order',
  'bezahlen|jetzt kaufen|kostenpflichtig bestellen|zahlungspflichtig bestellen|zur kasse|spenden|abonnieren',
  'payer|commander|acheter maintenant|pagar|comprar ahora|donar',
);

const CARD =
  /\bcc-|card.?number|cardnumber|cvv|cvc|iban|kreditkarte|kartennummer|expiry|security.?code|sort.?code|account.?number/i;

/** Why a control is left alone, or null. */
export function whyNotPressed({
  name,
  href,
  type,
  disabled,
}: Pick<Control, 'name' | 'href' | 'type' | 'disabled'>): string | null {
  if (disabled) return 'it is disabled';
  if (type === 'file') return 'it opens a file of this machine';
  if (DESTRUCTIVE.test(name)) return 'its name says that it ends or deletes something';
  if (PAYMENT.test(name)) return 'its name says that it costs money';
  if (href !== null && /^(?:mailto|tel|sms|javascript:void)/i.test(href) && !href.startsWith('javascript'))
    return 'it opens another program';
  return null;
}

/** Why a form is not sent, or null. */
export function whyNotSent(form: Pick<FormSeen, 'fields' | 'submit' | 'action'>): string | null {
  if (form.fields.some((field) => CARD.test(field.about))) return 'it asks for means of payment';
  const said = `${form.submit?.name ?? ''} ${form.action}`;
  if (PAYMENT.test(said)) return 'it costs money';
  if (DESTRUCTIVE.test(said)) return 'it ends or deletes something';
  return null;
}
