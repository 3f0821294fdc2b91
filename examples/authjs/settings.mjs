// What both programs are told by their environment.
export function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

// Where to listen: the socket that whoever started the program has opened for it, else the port of
// its own address.
export const listening = (address) =>
  process.env.LISTEN_FD
    ? { fd: Number(process.env.LISTEN_FD) }
    : { host: "127.0.0.1", port: Number(new URL(address).port) };
