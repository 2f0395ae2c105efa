using System.Security.Cryptography;
using TResNet.Weights;
using TResNet.Weights.Published;
using static TorchSharp.torch;

namespace TResNet.Tests.Weights;

public sealed class WeightStoreTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("store").FullName;
    private readonly byte[] content;
    private readonly FileServer server;
    private readonly WeightStore store;

    public WeightStoreTests()
    {
        var path = Path.Combine(folder, "made.pth");
        using var linear = nn.Linear(300, 200);
        Checkpoint.Save(linear, path);
        content = File.ReadAllBytes(path);
        server = new FileServer(content);
        store = new WeightStore(Path.Combine(folder, "cache"));
    }

    public void Dispose()
    {
        server.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_file_is_downloaded_once_and_then_taken_from_the_cache()
    {
        var reports = new List<DownloadProgress>();
        var path = await store.FetchAsync(Weights(), new Reports(reports));
        Assert.Equal(content, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.EnumerateFiles(store.Folder));
        Assert.Equal(new DownloadProgress("linear.test", content.Length, content.Length), reports[^1]);

        Assert.True(store.Has(Weights()));
        Assert.Equal(path, await store.FetchAsync(Weights()));
        Assert.Single(server.Ranges);
    }

    [Fact]
    public async Task A_download_that_was_cut_off_says_so_and_goes_on_where_it_ended()
    {
        server.HangsUpAfter = 100_000;
        var error = await Assert.ThrowsAsync<TResNetException>(() => store.FetchAsync(Weights()));
        Assert.StartsWith("The download of linear.test stopped after 0.1 MB", error.Message, StringComparison.Ordinal);
        Assert.False(store.Has(Weights()));

        server.HangsUpAfter = null;
        Assert.Equal(content, File.ReadAllBytes(await store.FetchAsync(Weights())));
        Assert.Equal(["", "bytes=100000-"], server.Ranges);
        Assert.Single(Directory.EnumerateFiles(store.Folder));
    }

    [Fact]
    public async Task A_part_of_a_file_that_has_changed_since_is_not_gone_on_with()
    {
        server.HangsUpAfter = 100_000;
        await Assert.ThrowsAsync<TResNetException>(() => store.FetchAsync(Weights()));
        using var linear = nn.Linear(300, 200);
        var other = Path.Combine(folder, "other.pth");
        Checkpoint.Save(linear, other);
        (server.HangsUpAfter, server.Tag, server.Content) = (null, "\"second\"", File.ReadAllBytes(other));
        Assert.Equal(server.Content, File.ReadAllBytes(await store.FetchAsync(Weights(server.Content))));
    }

    [Fact]
    public async Task A_file_that_is_not_the_published_one_is_refused_and_deleted()
    {
        var weights = Weights() with { Sha256 = "00000000" };
        var error = await Assert.ThrowsAsync<TResNetException>(() => store.FetchAsync(weights));
        Assert.Contains("is not what was published: its SHA-256 begins with", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(store.Folder));
    }

    [Fact]
    public async Task A_page_instead_of_a_checkpoint_is_refused_and_deleted()
    {
        server.Content = "<!doctype html><title>Log in</title>"u8.ToArray();
        var error = await Assert.ThrowsAsync<TResNetException>(() =>
            store.FetchAsync(Weights() with { Sha256 = null })
        );
        Assert.Contains("is no checkpoint, and was deleted", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(store.Folder));
    }

    [Fact]
    public async Task A_server_that_refuses_is_quoted()
    {
        (server.Status, server.Content) = ("404 Not Found", []);
        var error = await Assert.ThrowsAsync<TResNetException>(() => store.FetchAsync(Weights()));
        Assert.Contains("404 (Not Found)", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(store.Folder));
    }

    [Fact]
    public async Task Without_a_network_it_says_which_file_to_put_where()
    {
        var weights = Weights();
        server.Dispose();
        var error = await Assert.ThrowsAsync<TResNetException>(() => store.FetchAsync(weights));
        Assert.StartsWith("linear.test could not be downloaded (", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            $": get {weights.Url} where there is a network, and put it at {store.PathOf(weights)}.",
            error.Message,
            StringComparison.Ordinal
        );

        File.WriteAllBytes(store.PathOf(weights), content);
        Assert.Equal(store.PathOf(weights), await store.FetchAsync(weights));
    }

    [Fact]
    public async Task Two_downloads_of_one_file_at_once_are_refused()
    {
        Directory.CreateDirectory(store.Folder);
        using var other = new FileStream(
            store.PathOf(Weights()) + ".partial",
            FileMode.Create,
            FileAccess.Write,
            FileShare.None
        );
        var error = await Assert.ThrowsAsync<TResNetException>(() => store.FetchAsync(Weights()));
        Assert.Contains("is being downloaded by another program already", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_download_stops_and_keeps_what_came()
    {
        using var cancel = new CancellationTokenSource();
        var stopping = new Stopping(cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            store.FetchAsync(Weights(), stopping, cancel.Token)
        );
        Assert.False(store.Has(Weights()));
        Assert.Equal(content, File.ReadAllBytes(await store.FetchAsync(Weights())));
        Assert.NotEmpty(server.Ranges[^1]);
    }

    [Fact]
    public async Task A_file_goes_before_a_name_and_what_is_neither_is_refused_with_what_there_is()
    {
        var file = Path.Combine(folder, "made.pth");
        Assert.Equal(file, await store.ResolveAsync(file));
        var error = await Assert.ThrowsAsync<TResNetException>(() => store.ResolveAsync("tresnet_m.better"));
        Assert.Contains(
            "there are tresnet_m.miil_in21k_ft_in1k, tresnet_m.miil_in21k, ",
            error.Message,
            StringComparison.Ordinal
        );
        error = await Assert.ThrowsAsync<TResNetException>(() => store.ResolveAsync("gone.pth"));
        Assert.Contains("tresnet weights lists them", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Published_weights_are_of_networks_here_and_have_names_and_addresses_of_their_own()
    {
        var all = PublishedWeights.List();
        Assert.Equal(all.Count, all.Select(w => w.Name).Distinct().Count());
        Assert.Equal(all.Count, all.Select(w => w.Url).Distinct().Count());
        Assert.All(all, w => Assert.Contains(Models.List(), m => m.Name == w.Model));
        Assert.All(all, w => Assert.Equal("https", w.Url.Scheme));
        Assert.All(all, w => Assert.Equal(w.Url.Host is "github.com" or "download.pytorch.org", w.Sha256 is not null));

        var hub = PublishedWeights.Find("tresnet_m.miil_in1k")!;
        Assert.Equal(
            "https://huggingface.co/timm/tresnet_m.miil_in1k/resolve/main/model.safetensors",
            hub.Url.ToString()
        );
        Assert.Equal("tresnet_m.miil_in1k.safetensors", hub.FileName);
        var released = PublishedWeights.Find("resnet50.a1_in1k")!;
        Assert.Equal(("14fe96d1", "resnet50.a1_in1k.pth"), (released.Sha256, released.FileName));
        Assert.Equal(11221, PublishedWeights.Find("tresnet_m.miil_in21k")!.NumClasses);
        Assert.Equal("tresnet_m.miil_in21k_ft_in1k", PublishedWeights.Find("tresnet_m")!.Name);
        Assert.Null(PublishedWeights.Find("tresnet_q"));
    }

    [Fact]
    public void The_cache_is_where_the_user_keeps_caches()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        Assert.Equal("/caches/tresnet", WeightStore.UserFolder("/caches"));
        Assert.Equal(Path.Combine(home, ".cache", "tresnet"), WeightStore.UserFolder(null));
        Assert.Equal(Path.Combine(home, ".cache", "tresnet"), WeightStore.UserFolder("relative"));
    }

    private PublishedWeights Weights() => Weights(content);

    private PublishedWeights Weights(byte[] expected) =>
        new("linear.test", 200, server.Url, Convert.ToHexStringLower(SHA256.HashData(expected))[..8]);

    private sealed class Reports(List<DownloadProgress> reports) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => reports.Add(value);
    }

    private sealed class Stopping(CancellationTokenSource cancel) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => cancel.Cancel();
    }
}
