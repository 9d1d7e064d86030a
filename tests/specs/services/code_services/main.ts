import { getService, ServiceRegistry } from 'prizm';
const methods = ['startService', 'stopService', 'restartService', 'getServiceStatus', 'isServiceHealthy', 'isServiceRunning', 'waitForHealthy', 'getDockerComposeService', 'getServiceInfo'];
class Gpu {
  constructor(public config?: { size: number }) {}
}
for (const name of methods) Gpu.prototype[name] = () => true;
const registry = ServiceRegistry.getInstance();
registry.register('gpu', Gpu as never);
const service = await getService('gpu', { size: 1 });
console.log('gpu', service.config.size);
console.log((await registry.getService('gpu', { size: 1 })) === service);
console.log(registry.getAvailableServices().join());
console.log(registry.hasService('gpu'));
