using Notebook.Jupyter.Kernel;
using Notebook.Jupyter.Transport;

namespace Notebook.Jupyter.Tests;

public sealed class ZmqTests
{
    [Fact]
    public void A_missing_library_gives_one_sentence_that_says_what_to_install()
    {
        var exception = Assert.Throws<CommandException>(() => LibZmq.Load(["libzmq-that-nobody-has.so.5"]));
        Assert.Equal(
            "The Jupyter kernel needs the ZeroMQ library, but libzmq-that-nobody-has.so.5 is not on this machine: "
                + "install the package libzmq5 (sudo apt-get install libzmq5; on macOS brew install zeromq).",
            exception.Message
        );
    }

    [Fact]
    public void An_address_that_is_taken_gives_one_sentence()
    {
        using var context = new ZmqContext();
        using var first = new Channel(context, "shell", ZmqSocketType.Router, "inproc://taken", Log, (_, _) => { });
        var exception = Assert.Throws<CommandException>(() =>
            new Channel(context, "control", ZmqSocketType.Router, "inproc://taken", Log, (_, _) => { })
        );
        Assert.StartsWith("Listening on inproc://taken: Address already in use.", exception.Message);
    }

    [Fact]
    public async Task Messages_of_many_threads_arrive_whole_and_each_thread_s_in_order()
    {
        using var context = new ZmqContext();
        using var channel = new Channel(context, "iopub", ZmqSocketType.XPub, "inproc://many", Log, (_, _) => { });
        using var client = context.CreateSocket(ZmqSocketType.Sub);
        client.Connect("inproc://many");
        client.Set(ZmqOption.Subscribe, []);
        client.Set(ZmqOption.ReceiveTimeout, 10_000);
        channel.Start();
        channel.Send([
            [0],
        ]);
        Assert.Equal(
            [
                [0],
            ],
            client.Receive()!
        );

        const int Threads = 8;
        const int Each = 500;
        var sending = Task.Run(() =>
            Parallel.For(
                0,
                Threads,
                thread =>
                {
                    for (var number = 0; number < Each; number++)
                    {
                        channel.Send([
                            [(byte)thread],
                            [],
                            BitConverter.GetBytes(number),
                        ]);
                    }
                }
            )
        );
        var next = new int[Threads];
        for (var i = 0; i < Threads * Each; i++)
        {
            var frames = client.Receive()!;
            Assert.Equal(3, frames.Count);
            Assert.Equal(next[frames[0][0]]++, BitConverter.ToInt32(frames[2]));
        }

        await sending;
    }

    private static void Log(string sentence) { }
}
