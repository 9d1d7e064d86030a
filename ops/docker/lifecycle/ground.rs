//! What services stand on: networks and volumes.
//!
//! In: a project. Out: all of them there. Side effects: makes at the engine what is missing, noted for the way back.

use futures::future::join_all;

use super::up::{Work, first_error};
use super::{LifecycleError, spec};
use crate::compose::{Network, Volume};

impl Work<'_> {
    /// Networks and volumes.
    pub(super) async fn ground(&self) -> Result<(), LifecycleError> {
        let networks = join_all(
            self.project
                .networks
                .values()
                .map(|network| self.network(network)),
        );
        let volumes = join_all(
            self.project
                .volumes
                .values()
                .map(|volume| self.volume(volume)),
        );
        let (networks, volumes) = tokio::join!(networks, volumes);
        first_error(networks)?;
        first_error(volumes)?;
        Ok(())
    }

    async fn network(&self, network: &Network) -> Result<(), LifecycleError> {
        if self.engine.network(&network.name).await?.is_some() {
            return Ok(());
        }
        if network.external {
            return Err(LifecycleError::External {
                kind: "network",
                name: network.name.clone(),
            });
        }
        let request = spec::network_request(self.project, network, &self.options.owner);
        self.engine.create_network(request).await?;
        self.made.network(&network.name);
        Ok(())
    }

    async fn volume(&self, volume: &Volume) -> Result<(), LifecycleError> {
        if self.engine.volume(&volume.name).await?.is_some() {
            return Ok(());
        }
        if volume.external {
            return Err(LifecycleError::External {
                kind: "volume",
                name: volume.name.clone(),
            });
        }
        let request = spec::volume_request(self.project, volume, &self.options.owner);
        self.engine.create_volume(request).await?;
        self.made.volume(&volume.name);
        Ok(())
    }
}
