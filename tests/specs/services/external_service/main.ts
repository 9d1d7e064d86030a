import { getService } from 'prizm';
const service = await getService('{{http}}');
const status = await service.getServiceStatus();
console.log(status.running, status.state, status.health === 'unhealthy' ? 'unhealthy' : 'healthy');
console.log(service.getServiceInfo().healthCheckUrl.startsWith('{{http}}'));
