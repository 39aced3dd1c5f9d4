import { formatAddress, parseAddress } from '@stageflow/engine/kernel';

/** Whom an address stands for: an IPv4 address itself, the /64 of an IPv6 one (a customer has at least that), else the text as it is. */
export function addressKey(address: string): string {
  const bytes = parseAddress(address);
  if (bytes === null) return address.slice(0, 64);
  if (bytes.length !== 16) return formatAddress(bytes);
  return `${formatAddress(Uint8Array.from(bytes, (byte, index) => (index < 8 ? byte : 0)))}/64`;
}
