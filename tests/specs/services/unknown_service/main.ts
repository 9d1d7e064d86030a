import { getService, ServiceRegistry } from 'prizm';
ServiceRegistry.getInstance().register('gpu', class {} as never);
await getService('gpuu');
