import {
  getProvider, getService, ProviderCreationError, ProviderNotFoundError, ServiceCreationError, ServiceNotFoundError,
} from 'prizm';
for (const error of [
  new ProviderNotFoundError('X'),
  new ProviderCreationError('X', 'reason'),
  new ServiceNotFoundError('X'),
  new ServiceCreationError('X', 'reason'),
]) {
  console.log(error.name, error instanceof Error, error.message);
}
const caught = async (promise: Promise<unknown>) => promise.then(() => undefined, (error) => error);
let error = await caught(getProvider('nobody'));
console.log(error.name, error.message);
error = await caught(getProvider('file:./throws.ts'));
console.log(error.name, error.message);
console.log(error.cause.name, error.cause.message);
error = await caught(getService('nobody'));
console.log(error.name, error.message);
