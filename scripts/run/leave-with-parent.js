// Preloaded into the product's processes: their channel to the process that started them closes when that one dies.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()
