export class DockerThing {
  async startService() { return true; }
  async stopService() { return true; }
  async restartService() { return true; }
  async isServiceHealthy() { return true; }
  async isServiceRunning() { return true; }
  async waitForHealthy() { return true; }
  async getServiceStatus() { return { running: true, health: 'none', state: '' }; }
  getDockerComposeService() { return null; }
  getServiceInfo() { return {}; }
}
