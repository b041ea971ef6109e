//! Opening a connection for a cycle, the same way for every protocol.

use std::io;

use tokio::time::timeout;

use crate::{ByteStream, CycleContext, CycleError, ErrorClass, Event, Reason, ServerId, Step};

/// Opens a connection within the profile's request time-out and spends its declared cost.
/// [`closed`] must follow once the stream is dropped.
///
/// # Errors
/// Always transient: the server or the way to it is down, or a name is wrong, which the count of
/// transient failures turns into a permanent error soon enough.
pub(crate) async fn open(
    ctx: &CycleContext,
    server: ServerId,
) -> Result<Box<dyn ByteStream>, CycleError> {
    let profile = ctx.config.server(server);
    ctx.spend(Step::Connect).await;
    let connecting = ctx.services.connector.connect(&profile.endpoint);
    let (host, port) = (&profile.endpoint.host, profile.endpoint.port);
    let (reason, detail) = match timeout(profile.request_timeout, connecting).await {
        Ok(Ok(stream)) => {
            ctx.emit(Event::ConnectionOpened { cycle: ctx.cycle, mailbox: ctx.mailbox, server });
            return Ok(stream);
        }
        Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
            (Reason::ConnectRefused, format!("{host}:{port} refuses connections"))
        }
        Ok(Err(error)) => (Reason::ConnectionLost, format!("connecting to {host}:{port}: {error}")),
        Err(_) => (
            Reason::ConnectTimeout,
            format!("no connection to {host}:{port} within {:?}", profile.request_timeout),
        ),
    };
    Err(CycleError::new(ErrorClass::Transient, reason, detail))
}

/// Tells the observer that a connection of this cycle is closed. Not said from a destructor: a
/// process that is killed says nothing.
pub(crate) fn closed(ctx: &CycleContext, server: ServerId) {
    ctx.emit(Event::ConnectionClosed { cycle: ctx.cycle, mailbox: ctx.mailbox, server });
}
