using System.Text;
using TorchSharp;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Checkpoints;
using TResNet.Files;
using TResNet.Layers;
using TResNet.Tests.Parity;
using static TorchSharp.torch;

namespace TResNet.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("checkpoint").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_network_comes_back_as_it_was_saved()
    {
        var path = PathOf("nano.safetensors");
        using var saved = Models.Create("tresnet_nano", 10);
        Checkpoint.Save(saved, path);
        using var loaded = Models.Create("tresnet_nano", 10);
        Checkpoint.Load(loaded, path);
        saved.eval();
        loaded.eval();
        using var _ = no_grad();
        using var x = randn([2, 3, 32, 32]);
        Assert.True(saved.call(x).Equals(loaded.call(x)));
        Assert.Equal(["nano.safetensors"], Directory.EnumerateFiles(folder).Select(Path.GetFileName));
    }

    [Fact]
    public void The_file_is_what_the_format_says()
    {
        var path = PathOf("linear.safetensors");
        using var linear = nn.Linear(2, 1);
        using (no_grad())
        {
            linear.weight!.copy_(tensor([1f, 2f], [1, 2]));
            linear.bias!.fill_(3);
        }

        Checkpoint.Save(linear, path);
        var bytes = File.ReadAllBytes(path);
        var length = (int)BitConverter.ToUInt64(bytes);
        Assert.Equal(0, (8 + length) % 8);
        var header = Encoding.UTF8.GetString(bytes, 8, length);
        Assert.Equal(
            """{"__metadata__":{"format":"pt"},"weight":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"bias":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""",
            header.TrimEnd(' ')
        );
        Assert.Equal(
            [1f, 2, 3],
            Enumerable.Range(0, 3).Select(i => BitConverter.ToSingle(bytes, 8 + length + (4 * i)))
        );
    }

    [Fact]
    public void A_checkpoint_of_another_model_is_refused_and_changes_nothing()
    {
        var path = PathOf("resnet18.safetensors");
        using (var other = Models.Create("resnet18", 10))
        {
            Checkpoint.Save(other, path);
        }

        using var network = Models.Create("tresnet_nano", 10);
        var before = network.state_dict()["head.fc.weight"].clone();
        var error = Assert.Throws<TResNetException>(() => Checkpoint.Load(network, path));
        Assert.Contains(
            "is a checkpoint of another model: 'body.conv1.conv.weight', ",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("\n", error.Message, StringComparison.Ordinal);
        Assert.True(before.Equals(network.state_dict()["head.fc.weight"]));

        using var ten = Models.Create("tresnet_nano", 10);
        using var five = Models.Create("tresnet_nano", 5);
        Checkpoint.Save(ten, path);
        Assert.Contains(
            "'head.fc.",
            Assert.Throws<TResNetException>(() => Checkpoint.Load(five, path)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(".safetensors")]
    [InlineData(".pth")]
    public void An_official_checkpoint_loads_under_its_own_names_and_computes_the_same(string ending)
    {
        var path = PathOf("official" + ending);
        var plain = Models.TResNetM();
        using var official = (plain with { NormAct = plain.NormAct with { Kind = NormKind.InPlaceAbn } }).Build(10);
        using (no_grad())
        {
            foreach (var (name, parameter) in official.named_parameters())
            {
                if (name.EndsWith("bn.weight", StringComparison.Ordinal))
                {
                    parameter.uniform_(-1, 1);
                }
            }
        }

        var names = FilledNetwork.OfficialKeys(official);
        TensorSource[] tensors =
        [
            .. official.state_dict().Select(p => TensorSource.Of(names[p.Key], p.Value)),
            TensorSource.Of("body.layer2.0.conv1.1.op.filt", zeros(1)),
        ];
        AtomicFile.Write(path, stream => CheckpointFile.WriterFor(path)(stream, tensors));
        using var loaded = Models.Create("tresnet_m", 10);
        Checkpoint.Load(loaded, path);
        official.eval();
        loaded.eval();
        using var _ = no_grad();
        using var x = randn([1, 3, 32, 32]);
        Assert.True(official.call(x).allclose(loaded.call(x), 1e-4, 1e-5));
    }

    [Fact]
    public void Every_truncation_of_a_file_gives_one_sentence()
    {
        var path = PathOf("cut.safetensors");
        using var linear = nn.Linear(3, 2);
        Checkpoint.Save(linear, path);
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            var error = Assert.Throws<TResNetException>(() => Checkpoint.Load(linear, path));
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"weight":{"dtype":"F32","shape":[1000000000,1000000000,1000000000],"data_offsets":[0,4]}}""")]
    [InlineData("""{"weight":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"weight":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""")]
    [InlineData("""{"weight":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}""")]
    [InlineData("""{"weight":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"weight":{"dtype":"F32","shape":"x","data_offsets":[0,4]}}""")]
    [InlineData("""{"weight":7}""")]
    [InlineData("""[1]""")]
    [InlineData("""not json""")]
    public void A_lying_header_gives_one_sentence_before_anything_is_allocated(string header)
    {
        var path = PathOf("lie.safetensors");
        var text = Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((ulong)text.Length), .. text, 0, 0, 0, 0]);
        using var linear = nn.Linear(1, 1);
        var error = Assert.Throws<TResNetException>(() => Checkpoint.Load(linear, path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_and_a_folder_that_cannot_be_written_are_named()
    {
        using var linear = nn.Linear(1, 1);
        Assert.Contains(
            "There is no checkpoint",
            Assert.Throws<TResNetException>(() => Checkpoint.Load(linear, PathOf("gone"))).Message,
            StringComparison.Ordinal
        );
        File.WriteAllText(PathOf("file"), "");
        var blocked = Path.Combine(PathOf("file"), "below", "a.safetensors");
        Assert.Contains(
            "could not be written",
            Assert.Throws<TResNetException>(() => Checkpoint.Save(linear, blocked)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_failed_save_keeps_the_old_file_and_leaves_nothing_half_written()
    {
        var path = PathOf("kept.safetensors");
        File.WriteAllText(path, "old");
        Assert.Throws<TResNetException>(() =>
            AtomicFile.Write(
                path,
                stream =>
                {
                    stream.WriteByte(1);
                    throw new IOException("No space left on device");
                }
            )
        );
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.EnumerateFiles(folder));
    }

    private string PathOf(string name) => Path.Combine(folder, name);
}
